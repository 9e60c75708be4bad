/* trust - what customers may read about how their information is treated: choosing sentences, seeing the page, putting it out; and what it said before. */
#include "act.h"
#include "trust.h"

enum { VERSIONS_SHOWN = 50, LINES_MAX = 200 };

static bool spanish(const struct visit *v)
{
	return v->o->language == SPANISH;
}

static bool trust_show(struct visit *v, struct form *f, bool asked)
{
	struct trust_view w = { .form = f, .asked = asked };
	struct claim *c;
	int64_t put;
	if (!trust_claims(v->op, &c, &w.rows))
		return false;
	struct trust_row *row = ARENA_ARRAY(v->op->a, struct trust_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++) {
		bool says = c[i].state == CLAIM_TRUE || c[i].state == CLAIM_DUE;
		struct str text = c[i].say[spanish(v)].n ? c[i].say[spanish(v)] : c[i].say[0];
		row[i] = (struct trust_row){ .group = !says ? 2 : c[i].chosen ? 0 : 1, .name = c[i].name, .say = text, .todo = c[i].todo[spanish(v)], .until = day_words(v, c[i].until),
		                             .about = text.n ? text : c[i].todo[spanish(v)], .link.s = c[i].link, .due = c[i].state == CLAIM_DUE, .held = c[i].state == CLAIM_HELD,
		                             .promise = c[i].promise, .chosen = c[i].chosen };
	}
	if (str_i64(op_setting(v->op, "trust.put"), &put) && put)
		w.put = day_words(v, put);
	w.row = row;
	v->back = STR("/settings");
	page_trust(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What you tell your customers")));
}

bool trust_page(struct visit *v)
{
	return trust_show(v, &(struct form){ 0 }, false);
}

bool trust_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct str what = visit_text(v, "do");
	bool own = str_eq(what, STR("say")), put = str_eq(what, STR("put"));
	struct act a;
	act_begin(v, &a, own ? "trust say" : put ? "trust page" : str_eq(what, STR("choose")) ? "trust choose" : "trust drop");
	if (own) {
		act_give(v, &a, "text", visit_text(v, "text"));
		act_give(v, &a, "spanish", visit_text(v, "spanish"));
		if (visit_text(v, "sure").n)
			act_flag(v, &a, "sure");
	} else if (!put) {
		act_give(v, &a, "claim", visit_text(v, "claim"));
	}
	bool good = act_do(v, &a);
	act_end(&a);
	if (good)
		return visit_see(v, STR("/trust"));
	act_fault(v, &f);
	return trust_show(v, &f, own);
}

/* As everybody would see it today; its links lead to its other files. */
bool trust_file_page(struct visit *v)
{
	struct trust_file file[TRUST_FILES];
	size_t n;
	if (!trust_files(v->op, file, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_of(file[i].name), (struct str){ v->ask->path.p + 1, v->ask->path.n - 1 })) {
			if (str_eq((struct str){ v->ask->path.p + v->ask->path.n - 4, 4 }, STR(".css")))
				v->reply->type = "text/css; charset=utf-8";
			buf_put(&v->reply->body, file[i].bytes);
			return true;
		}
	return err_set(&v->op->err, NOT_FOUND, NULL, "There is no such page.");
}

bool trust_card_do(struct visit *v)
{
	struct form f = { .given = v->ask->form };
	struct act a;
	act_begin(v, &a, "trust card");
	act_give(v, &a, "language", visit_text(v, "language"));
	bool good = pdf_of(v, &a, "card");
	act_end(&a);
	if (good)
		return true;
	act_fault(v, &f);
	return trust_show(v, &f, false);
}

bool trust_versions_page(struct visit *v)
{
	struct trust_versions_view w = { 0 };
	struct version *version;
	if (!trust_versions(v->op, &version, &w.rows))
		return false;
	w.rows = w.rows < VERSIONS_SHOWN ? w.rows : VERSIONS_SHOWN;
	struct trust_version_row *row = ARENA_ARRAY(v->op->a, struct trust_version_row, w.rows + 1);
	for (size_t i = 0; i < w.rows; i++) {
		struct str *line = ARENA_ARRAY(v->op->a, struct str, LINES_MAX), rest = version[i].text;
		row[i] = (struct trust_version_row){ .at = moment_words(v, version[i].at), .line = line };
		while (rest.n && row[i].lines < LINES_MAX) {
			struct str one = str_split(&rest, '\n');
			if (str_starts(one, spanish(v) ? STR("es: ") : STR("en: ")))
				line[row[i].lines++] = (struct str){ one.p + 4, one.n - 4 };
		}
	}
	w.row = row;
	v->back = STR("/trust");
	page_trust_versions(v->o, &w);
	return visit_show(v, str_of(visit_words(v, "What it said before")));
}

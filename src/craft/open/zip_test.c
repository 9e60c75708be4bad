/* zip: what stands in office documents and where, all other parts as members, and that damage, passwords and bombs are told. */
#include "told.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "made_test.h"

#define LEFT ((uint64_t)1 << 36)
#define W "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:mc='m' xmlns:wp='wp'><w:body>"
#define W_END "</w:body></w:document>"
#define RELS "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
#define REL(id, type, target) "<Relationship Id='" id "' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/" type "' Target='" target "'/>"
#define ROOT(target) { "_rels/.rels", RELS REL("rId1", "officeDocument", target) "</Relationships>" }
#define SHEET_SPACE "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' " \
	"xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
#define ODF "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='b' xmlns:draw='d' xmlns:style='s' xmlns:presentation='p' xmlns:dc='c'>"

/* ---- made in memory ---- */

struct part { const char *name, *text; };

static struct buf zipped(const struct part *part, size_t n, const char *options)
{
	struct buf b;
	struct archive *a = made_begin(&b, "zip", NULL, options);
	for (size_t i = 0; i < n; i++)
		made_add(a, part[i].name, str_of(part[i].text));
	made_end(a);
	return b;
}

/* ---- told ---- */

static struct told told;
static uint64_t left = LEFT;

static enum open_end tell(struct str file)
{
	struct source s = source_of_text(&file);
	buf_free(&told.out);
	assert_int_equal(open_sort(&s, STR("x")), FILE_ZIP);
	enum open_end how = told_open(&told, &s, FILE_ZIP, STR("x"), left, 0);
	buf_byte(&told.out, 0);
	return how;
}

static void tells_parts(const struct part *part, size_t n, enum open_end how, const char *what)
{
	struct buf b = zipped(part, n, NULL);
	assert_int_equal(tell(buf_str(&b)), how);
	assert_string_equal(told.out.p, what);
	buf_free(&b);
}
#define TELLS(what, ...) do { \
		const struct part parts[] = { __VA_ARGS__ }; \
		tells_parts(parts, LENGTH(parts), OPEN_DONE, what); \
	} while (0)

/* ---- Word ---- */

static void runs_are_one_text(void **state)
{
	(void)state;
	TELLS("paragraph 1: 4539 5787 6362 1486\nparagraph 3: a\tb\nc-d\n", ROOT("word/document.xml"),
	      { "word/document.xml",
	        W "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>4539 57</w:t></w:r><w:proofErr/><w:r><w:rPr><w:vanish/></w:rPr>"
	        "<w:t xml:space='preserve'>87 6362</w:t></w:r><w:hyperlink><w:r><w:t> 1486</w:t></w:r></w:hyperlink></w:p><w:p/>"
	        "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>" W_END });
}

static void changes_and_codes_are_told_apart(void **state)
{
	(void)state;
	TELLS("paragraph 1: now 16\nparagraph 1, deleted text: 4539578763621486\nother\n"
	      "paragraph 2: shown\nparagraph 2, not shown: MERGEFIELD card\n"
	      "paragraph 3, deleted text: moved\nparagraph 4: moved\nparagraph 5, not shown: A card, both sides\n", ROOT("word/document.xml"),
	      { "word/document.xml",
	        W "<w:p><w:r><w:t>now </w:t></w:r><w:del><w:r><w:delText>45395787</w:delText></w:r><w:r><w:delText>63621486</w:delText></w:r></w:del>"
	        "<w:ins><w:r><w:t>16</w:t></w:r></w:ins><w:del><w:r><w:delText>other</w:delText></w:r></w:del></w:p>"
	        "<w:p><w:r><w:instrText> MERGEF</w:instrText></w:r><w:r><w:instrText>IELD card </w:instrText></w:r><w:r><w:t>shown</w:t></w:r></w:p>"
	        "<w:p><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p><w:p><w:moveTo><w:r><w:t>moved</w:t></w:r></w:moveTo></w:p>"
	        "<w:p><w:r><w:drawing><wp:docPr descr='A card, both sides'/></w:drawing></w:r></w:p>" W_END });
}

static void a_row_is_a_record_and_columns_have_headings(void **state)
{
	(void)state;
	TELLS("table 1, row 1, column 1 #1: Name\ntable 1, row 1, column 2 #1: Card number\n"
	      "table 1, row 2, column 1 [Name] #2: Ann\ntable 1, row 2, column 2 [Card number] #2: 4539\n5787\n"
	      "table 1, row 3, column 1, table 2, row 1, column 1 #3: 12\n"
	      "table 1, row 3, column 1 [Name] #4: in\ntable 1, row 3, column 3 #4: 3\nparagraph 1: after\n", ROOT("word/document.xml"),
	      { "word/document.xml",
	        W "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Name</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Card number</w:t></w:r></w:p></w:tc></w:tr>"
	        "<w:tr><w:tc><w:p><w:r><w:t>Ann</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>4539</w:t></w:r></w:p><w:p><w:r><w:t>5787</w:t></w:r></w:p></w:tc></w:tr>"
	        "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>in</w:t></w:r></w:p>"
	        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc><w:tc><w:p><w:r><w:t>3</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
	        "<w:p><w:r><w:t>after</w:t></w:r></w:p>" W_END });
}

static void what_belongs_to_a_document(void **state)
{
	(void)state;
	TELLS("document properties [title]: Orders & more\nparagraph 1, text box: in a box\nparagraph 1: body\nlink: mailto:ann@example.com\n"
	      "header: top\nfootnote 1: foot\ncomment 1: first\ncomment 2: second\n> word/media/a.bin: pixels\n> customXml/item1.xml: <x>custom</x>\n",
	      { "_rels/.rels", RELS REL("rId2", "core-properties", "docProps/core.xml") REL("rId1", "officeDocument", "/word/document.xml") "</Relationships>" },
	      { "docProps/core.xml", "<c xmlns:dc='d'><dc:title>Orders &amp; more</dc:title></c>" },
	      { "word/document.xml",
	        W "<w:p><w:r><w:t>bo</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
	        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>dy</w:t></w:r></w:p>" W_END },
	      { "word/_rels/document.xml.rels",
	        RELS "<Relationship Id='a' Type='t/hyperlink' Target='mailto:ann@example.com' TargetMode='External'/>" REL("b", "header", "header1.xml")
	        REL("c", "footnotes", "footnotes.xml") REL("d", "comments", "../word/./comments.xml") REL("e", "image", "media/a.bin") "</Relationships>" },
	      { "word/header1.xml", "<w:hdr xmlns:w='w'><w:p><w:r><w:t>top</w:t></w:r></w:p></w:hdr>" },
	      { "word/footnotes.xml", "<w:footnotes xmlns:w='w'><w:footnote w:type='separator' w:id='0'><w:p/></w:footnote><w:footnote w:id='2'><w:p><w:r><w:t>foot</w:t></w:r></w:p></w:footnote></w:footnotes>" },
	      { "word/comments.xml",
	        "<w:comments xmlns:w='w'><w:comment w:id='0'><w:p><w:r><w:t>first</w:t></w:r></w:p></w:comment><w:comment w:id='4'><w:p><w:r><w:t>second</w:t></w:r>"
	        "</w:p></w:comment></w:comments>" },
	      { "word/media/a.bin", "pixels" }, { "customXml/item1.xml", "<x>custom</x>" });
}

/* ---- Excel ---- */

#define BOOK(sheets) { "xl/workbook.xml", "<workbook " SHEET_SPACE "><sheets>" sheets "</sheets>" \
	"<definedNames><definedName name='Card'>\"4539578763621486\"</definedName><definedName name='Area'>Orders!$A$1</definedName></definedNames></workbook>" }
#define SHEET(text) "<worksheet " SHEET_SPACE "><sheetData>" text "</sheetData>"

static void a_workbook_is_told_by_cells(void **state)
{
	(void)state;
	TELLS("name Card: \"4539578763621486\"\n"
	      "sheet Orders, cell A1 #1: Orders of spring\n"
	      "sheet Orders, cell A3 #2: Name\nsheet Orders, cell B3 #2: Card number\nsheet Orders, cell C3 #2: Total\n"
	      "sheet Orders, cell A4 [Name] #3: Ann\nsheet Orders, cell B4 [Card number] #3: 4539578763621486\nsheet Orders, cell C4 [Total] #3: 12.5\nsheet Orders, cell E4 #3: true\n"
	      "sheet Orders, cell B5 [Card number] #4: 4539578763621486\nsheet Orders, cell C5 [Total] #4: 7\n"
	      "sheet Orders, cell B5, formula: \"4539\"&\"5787\"\n"
	      "sheet Orders, header: &LSecret\nsheet Orders, comment on B4: call Ann\n"
	      "sheet Old (hidden), cell A1 #5: 5425\nsheet Old (hidden), cell B1 #5: 2334\n", ROOT("xl/workbook.xml"),
	      BOOK("<sheet name='Orders' sheetId='1' r:id='rId7'/><sheet name='Old' sheetId='2' state='veryHidden' r:id='rId8'/>"),
	      { "xl/_rels/workbook.xml.rels",
	        RELS REL("rId8", "worksheet", "worksheets/b.xml") REL("rId7", "worksheet", "worksheets/a.xml") REL("rId9", "sharedStrings", "sharedStrings.xml") "</Relationships>" },
	      { "xl/worksheets/a.xml",
	        SHEET("<row r='1'><c r='A1' t='s'><v>0</v></c></row>"
	              "<row r='3'><c r='A3' t='s'><v>1</v></c><c r='B3' t='s'><v>2</v></c><c r='C3' t='inlineStr'><is><r><t>To</t></r><r><t>tal</t></r></is></c></row>"
	              "<row><c t='s'><v>3</v></c><c><v>4.5395787636214860E15</v></c><c><v>12.5</v></c><c r='E4' t='str'><f>A1</f><v>true</v></c></row>"
	              "<row r='5' hidden='1'><c r='B5' t='str'><f>\"4539\"&amp;\"5787\"</f><v>4539578763621486</v></c><c r='C5'><f>SUM(C1:C4)</f><v>7.00</v></c></row>")
	        "<headerFooter><oddHeader>&amp;LSecret</oddHeader></headerFooter></worksheet>" },
	      { "xl/worksheets/_rels/a.xml.rels", RELS REL("x", "comments", "../comments1.xml") "</Relationships>" },
	      { "xl/comments1.xml", "<comments " SHEET_SPACE "><commentList><comment ref='B4'><text><r><t>call </t></r><r><t>Ann</t></r></text></comment></commentList></comments>" },
	      { "xl/worksheets/b.xml", SHEET("<row><c><v>5425</v></c><c><v>2334</v></c></row>") "</worksheet>" },
	      { "xl/sharedStrings.xml",
	        "<sst " SHEET_SPACE "><si><t>Orders of spring</t></si><si><r><t>Na</t></r><r><t>me</t></r></si><si><t>Card number</t></si><si><t>Ann</t></si></sst>" });
}

static void numbers_are_told_as_they_are_shown(void **state)
{
	(void)state;
	TELLS("sheet S, cell A1 #1: 012-34-5678\nsheet S, cell B1 #1: 1984-03-31\nsheet S, cell C1 #1: 12/29\nsheet S, cell D1 #1: 4539 5787 6362 1486\n"
	      "sheet S, cell E1 #1: 30772.5\nsheet S, cell F1 #1: 00123\nsheet S, cell G1 #1: 2000-02-29\nsheet S, cell H1 #1: 123456\n", ROOT("xl/workbook.xml"),
	      { "xl/workbook.xml", "<workbook " SHEET_SPACE "><sheets><sheet name='S' r:id='a'/></sheets></workbook>" },
	      { "xl/_rels/workbook.xml.rels", RELS REL("a", "worksheet", "a.xml") REL("b", "styles", "styles.xml") "</Relationships>" },
	      { "xl/styles.xml",
	        "<styleSheet " SHEET_SPACE "><numFmts><numFmt numFmtId='164' formatCode='000\\-00\\-0000'/><numFmt numFmtId='165' formatCode='mm/yy'/>"
	        "<numFmt numFmtId='166' formatCode='0000&quot; &quot;0000\\ 0000 0000'/><numFmt numFmtId='167' formatCode='0.00E+00'/><numFmt numFmtId='168' formatCode='00000'/>"
	        "<numFmt numFmtId='169' formatCode='[$-409]d\\ mmmm\\ yyyy;@'/></numFmts>"
	        "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='14'/><xf numFmtId='165'/><xf numFmtId='166'/>"
	        "<xf numFmtId='167'/><xf numFmtId='168'/><xf numFmtId='169'/></cellXfs></styleSheet>" },
	      { "xl/a.xml",
	        SHEET("<row><c s='1'><v>12345678</v></c><c s='2'><v>30772</v></c><c s='3'><v>47453</v></c><c s='4'><v>4539578763621486</v></c><c s='5'><v>30772.5</v></c>"
	              "<c s='6'><v>123</v></c><c s='7'><v>36585.75</v></c><c s='6'><v>123456</v></c></row>") "</worksheet>" });
}

/* ---- binary workbooks: records of a type, a length, and fields ---- */

static void put_seven(struct buf *b, size_t v)
{
	for (; v > 0x7F; v >>= 7)
		buf_byte(b, (char)(v & 0x7F) | (char)0x80);
	buf_byte(b, (char)v);
}

/* Fields: b, h, w: a byte, 16, 32 bits; d: a double; t: text; n: no text. */
static void put_record(struct buf *b, unsigned type, const char *fields, ...)
{
	struct buf body = BUF(1 << 20);
	va_list ap;
	va_start(ap, fields);
	for (const char *f = fields; *f; f++)
		if (*f == 'b') {
			buf_byte(&body, (char)va_arg(ap, int));
		} else if (*f == 'h') {
			buf_u16(&body, (uint16_t)va_arg(ap, int));
		} else if (*f == 'w') {
			buf_u32(&body, va_arg(ap, unsigned));
		} else if (*f == 'd') {
			double d = va_arg(ap, double);
			buf_put(&body, (struct str){ (const char *)&d, sizeof d });
		} else if (*f == 'n') {
			buf_u32(&body, UINT32_MAX);
		} else {
			const char *text = va_arg(ap, const char *);
			buf_u32(&body, (uint32_t)strlen(text));
			for (; *text; text++)
				buf_u16(&body, (unsigned char)*text);
		}
	va_end(ap);
	put_seven(b, type);
	put_seven(b, body.n);
	buf_put(b, buf_str(&body));
	buf_free(&body);
}

static void a_binary_workbook_is_told_by_cells(void **state)
{
	(void)state;
	struct buf book = BUF(1 << 20), shared = BUF(1 << 20), styles = BUF(1 << 20), a = BUF(1 << 20), comments = BUF(1 << 20), b;
	put_record(&book, 153, "wwn", 0u, 0u);
	put_record(&book, 156, "wwtt", 0u, 1u, "rId7", "Orders");
	put_record(&book, 156, "wwtt", 2u, 2u, "rId8", "Old");
	put_record(&shared, 159, "ww", 3u, 3u);
	put_record(&shared, 19, "bt", 0, "Name");
	put_record(&shared, 19, "bt", 0, "Card number");
	put_record(&shared, 19, "btw", 1, "Ann", 0u);
	put_record(&styles, 44, "ht", 164, "000\\-00\\-0000");
	put_record(&styles, 626, "w", 1u);
	put_record(&styles, 47, "hhw", 0xFFFF, 14, 0u);
	put_record(&styles, 617, "w", 3u);
	put_record(&styles, 47, "hhw", 0, 0, 0u);
	put_record(&styles, 47, "hhw", 0, 164, 0u);
	put_record(&styles, 47, "hhw", 0, 14, 0u);
	put_record(&styles, 618, "");
	put_record(&a, 0, "ww", 0u, 0u);
	put_record(&a, 7, "www", 0u, 0u, 0u);
	put_record(&a, 18, "ww", 0u, 1u);                      /* the next cell */
	put_record(&a, 0, "ww", 3u, 0u);
	put_record(&a, 7, "www", 0u, 0u, 2u);
	put_record(&a, 5, "wwd", 1u, 0u, 4539578763621486.0);
	put_record(&a, 2, "www", 2u, 0u, (unsigned)(1234567 << 2) | 3u);     /* a hundredth of a whole number */
	put_record(&a, 5, "wwd", 3u, 1u, 12345678.0);
	put_record(&a, 2, "www", 4u, 2u, (unsigned)(30772 << 2) | 2u);
	put_record(&a, 8, "wwthw", 5u, 0u, "formula", 0, 0u);
	put_record(&a, 62, "wwbt", 7u, 0u, 1, "rich");
	put_record(&a, 7, "www", 8u, 0u, 99u);                 /* there is no such text */
	put_record(&a, 146, "");
	put_record(&a, 479, "hnttnnn", 0, "left", "right");
	put_record(&comments, 635, "wwwww", 0u, 3u, 3u, 1u, 1u);
	put_record(&comments, 637, "bt", 0, "call Ann");
	struct archive *z = made_begin(&b, "zip", NULL, NULL);
	made_add(z, "_rels/.rels", str_of(RELS REL("rId1", "officeDocument", "xl/workbook.bin") "</Relationships>"));
	made_add(z, "xl/workbook.bin", buf_str(&book));
	made_add(z, "xl/_rels/workbook.bin.rels", str_of(RELS REL("rId8", "worksheet", "worksheets/b.bin") REL("rId7", "worksheet", "worksheets/a.bin") REL("s", "sharedStrings", "shared.bin")
	                                                     REL("t", "styles", "styles.bin") "</Relationships>"));
	made_add(z, "xl/shared.bin", buf_str(&shared));
	made_add(z, "xl/styles.bin", buf_str(&styles));
	made_add(z, "xl/worksheets/a.bin", buf_str(&a));
	made_add(z, "xl/worksheets/_rels/a.bin.rels", str_of(RELS REL("x", "comments", "../comments1.bin") "</Relationships>"));
	made_add(z, "xl/comments1.bin", buf_str(&comments));
	a.n -= 3;                                              /* cut off */
	made_add(z, "xl/worksheets/b.bin", buf_str(&a));
	made_end(z);
	assert_int_equal(tell(buf_str(&b)), OPEN_DONE);
	#define ROW_OF(sheet, one, two) "sheet " sheet ", cell A1 #" one ": Name\nsheet " sheet ", cell B1 #" one ": Card number\n" \
	      "sheet " sheet ", cell A4 [Name] #" two ": Ann\nsheet " sheet ", cell B4 [Card number] #" two ": 4539578763621486\nsheet " sheet ", cell C4 #" two ": 12345.67\n" \
	      "sheet " sheet ", cell D4 #" two ": 012-34-5678\nsheet " sheet ", cell E4 #" two ": 1984-03-31\nsheet " sheet ", cell F4 #" two ": formula\nsheet " sheet ", cell H4 #" two ": rich\n"
	assert_string_equal(told.out.p, ROW_OF("Orders", "1", "2") "sheet Orders, footer: left\nsheet Orders, header: right\nsheet Orders, cell B4, comment: call Ann\n"
	                    ROW_OF("Old (hidden)", "3", "4") "! xl/worksheets/b.bin: broken\n");
	struct buf *const all[] = { &book, &shared, &styles, &a, &comments, &b };
	for (size_t i = 0; i < LENGTH(all); i++)
		buf_free(all[i]);
}

static void a_binary_workbook_that_is_none_is_named(void **state)
{
	(void)state;
	TELLS("! xl/workbook.bin: broken\n> xl/sharedStrings.bin: text\n", ROOT("xl/workbook.bin"), { "xl/workbook.bin", "\1\2" }, { "xl/sharedStrings.bin", "text" });
}

/* ---- PowerPoint ---- */

static void slides_come_in_their_order(void **state)
{
	(void)state;
	TELLS("slide 1: second file\nslide 1, notes: say so\nslide 1, comment: is it?\n"
	      "slide 2, table 1, row 1, column 1 #1: 4539\nslide 2, table 1, row 1, column 2 #1: 5787\n", ROOT("ppt/presentation.xml"),
	      { "ppt/presentation.xml",
	        "<p:presentation xmlns:p='p' xmlns:r='http://purl.oclc.org/ooxml/officeDocument/relationships'><p:sldIdLst><p:sldId id='256' r:id='rId2'/><p:sldId id='257' r:id='rId1'/>"
	        "</p:sldIdLst></p:presentation>" },
	      { "ppt/_rels/presentation.xml.rels", RELS REL("rId1", "slide", "slides/slide1.xml") REL("rId2", "slide", "slides/slide2.xml") "</Relationships>" },
	      { "ppt/slides/slide1.xml",
	        "<p:sld xmlns:p='p' xmlns:a='a'><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>4539</a:t></a:r></a:p></a:txBody></a:tc>"
	        "<a:tc><a:txBody><a:p><a:r><a:t>5787</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:sld>" },
	      { "ppt/slides/slide2.xml", "<p:sld xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>second </a:t></a:r><a:fld><a:t>file</a:t></a:fld></a:p></p:sld>" },
	      { "ppt/slides/_rels/slide2.xml.rels", RELS REL("a", "notesSlide", "../notesSlides/n.xml") REL("b", "comments", "../comments/c.xml") "</Relationships>" },
	      { "ppt/notesSlides/n.xml", "<p:notes xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>say so</a:t></a:r></a:p></p:notes>" },
	      { "ppt/comments/c.xml", "<p:cmLst xmlns:p='p'><p:cm><p:text>is it?</p:text></p:cm></p:cmLst>" });
}

/* ---- OpenDocument ---- */

static void open_documents_of_each_kind(void **state)
{
	(void)state;
	TELLS("deleted text: 4539578763621486\nparagraph 1, comment: mark\nparagraph 1, footnote: foot\nparagraph 1, text box: boxed\nparagraph 1: 4539  5787\t6362\n"
	      "table 1, row 1, column 1 #1: Name\ntable 1, row 1, column 3 #1: Card\nheader: top\ndocument properties [pan]: 4539\n> Pictures/a: pixels\n",
	      { "mimetype", "application/vnd.oasis.opendocument.text" },
	      { "content.xml",
	        ODF "<office:body><office:text><text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Ann</dc:creator></office:change-info>"
	        "<text:p>4539<text:span>57876362</text:span>1486</text:p></text:deletion></text:changed-region></text:tracked-changes>"
	        "<text:p>45<office:annotation><dc:creator>Ann</dc:creator><text:p>mark</text:p></office:annotation><text:span>39</text:span><text:s text:c='2'/>57"
	        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>foot</text:p></text:note-body></text:note>"
	        "<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>87<text:tab/>6362</text:p>"
	        "<table:table table:name='T'><table:table-row><table:table-cell table:number-columns-spanned='2'><text:p>Name</text:p></table:table-cell><table:covered-table-cell/>"
	        "<table:table-cell><text:p>Card</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>" },
	      { "styles.xml", ODF "<style:header><text:p>top</text:p></style:header></office:document-content>" },
	      { "meta.xml", ODF "<m:user-defined xmlns:m='m' m:name='pan'>4539</m:user-defined></office:document-content>" }, { "Thumbnails/thumbnail.png", "small" },
	      { "Pictures/a", "pixels" });
	TELLS("sheet Orders, cell A1 #1: Card\nsheet Orders, cell B1 #1: Paid\n"
	      "sheet Orders, cell C3, comment: ask\nsheet Orders, cell A3 [Card] #2: 4539578763621486\nsheet Orders, cell C3 #2: 1\n"
	      "sheet Orders, cell A1003 [Card] #3: 12/29\n",
	      { "mimetype", "application/vnd.oasis.opendocument.spreadsheet" },
	      { "content.xml",
	        ODF "<office:body><office:spreadsheet><table:table table:name='Orders'><table:table-row><table:table-cell office:value-type='string'><text:p>Card</text:p></table:table-cell>"
	        "<table:table-cell><text:p>Paid</text:p></table:table-cell></table:table-row><table:table-row/><table:table-row table:number-rows-repeated='1000'>"
	        "<table:table-cell office:value-type='float' office:value='4.539578763621486E+015'><text:p>4.54E+15</text:p></table:table-cell>"
	        "<table:table-cell/><table:table-cell table:number-columns-repeated='16000' office:value-type='float' office:value='1'><office:annotation><text:p>ask</text:p></office:annotation>"
	        "<text:p>1</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>12/29</text:p></table:table-cell></table:table-row></table:table>"
	        "</office:spreadsheet></office:body></office:document-content>" });
	TELLS("slide 1: one\nslide 1, notes: aside\nslide 2: two\n> mimetype2: x\n", { "mimetype", "application/vnd.oasis.opendocument.presentation" },
	      { "content.xml",
	        ODF "<office:body><office:presentation><draw:page draw:master-page-name='m'><text:p>one</text:p><presentation:notes><text:p>aside</text:p></presentation:notes></draw:page>"
	        "<draw:page draw:master-page-name='m'><text:p>two</text:p></draw:page></office:presentation></office:body></office:document-content>" }, { "mimetype2", "x" });
}

static void an_encrypted_document_is_named(void **state)
{
	(void)state;
	const struct part parts[] = { { "mimetype", "application/vnd.oasis.opendocument.text" }, { "content.xml", "\1\2\3" },
	                              { "META-INF/manifest.xml", "<m><file-entry><encryption-data/></file-entry></m>" } };
	tells_parts(parts, LENGTH(parts), OPEN_ENCRYPTED, "");
}

/* ---- any zip ---- */

static void a_plain_zip_gives_its_members(void **state)
{
	(void)state;
	TELLS("> one.txt: first\n> dir/two.txt: second\n", { "one.txt", "first" }, { "dir/two.txt", "second" });
	TELLS("> mimetype: application/epub+zip\n> OEBPS/one.xhtml: <p>chapter</p>\n", { "mimetype", "application/epub+zip" }, { "OEBPS/one.xhtml", "<p>chapter</p>" });
}

static void a_damaged_zip_gives_what_can_be_read(void **state)
{
	(void)state;
	const struct part parts[] = { { "one.txt", "first" }, { "two.txt", "second" } };
	struct buf b = zipped(parts, 2, NULL);
	assert_int_equal(tell((struct str){ b.p, b.n - 30 }), OPEN_BROKEN);
	assert_string_equal(told.out.p, "> one.txt: first\n> two.txt: second\n");
	char *directory = memmem(b.p, b.n, "PK\1\2", 4);
	assert_non_null(directory);
	directory[0] = 'x';
	assert_int_equal(tell(buf_str(&b)), OPEN_BROKEN);
	assert_non_null(strstr(told.out.p, "> one.txt: first\n"));
	buf_free(&b);
	/* something in front, as in an archive that opens itself */
	struct buf c = zipped(parts, 2, NULL), moved = BUF(1 << 20);
	buf_put(&moved, STR("PK\3\4 not a part"));
	buf_put(&moved, buf_str(&c));
	assert_int_equal(tell(buf_str(&moved)), OPEN_DONE);
	assert_string_equal(told.out.p, "> one.txt: first\n> two.txt: second\n");
	buf_free(&c), buf_free(&moved);
}

/* A directory's extra field that says it is longer than it is. */
static void a_torn_extra_field_ends(void **state)
{
	(void)state;
	const struct part parts[] = { { "a", "x" } };
	struct buf b = zipped(parts, 1, NULL);
	char *entry = memmem(b.p, b.n, "PK\1\2", 4);
	assert_non_null(entry);
	assert_true(entry[30] >= 4);                     /* libarchive writes times there */
	memset(entry + 46 + 1 + 2, 0xFF, 2);
	tell(buf_str(&b));
	assert_string_equal(told.out.p, "> a: x\n");
	buf_free(&b);
}

static void what_is_encrypted_is_named(void **state)
{
	(void)state;
	static const char *const options[] = { "zip:encryption=traditional", "zip:encryption=aes256" };
	for (size_t i = 0; i < LENGTH(options); i++) {
		const struct part parts[] = { ROOT("word/document.xml"), { "word/document.xml", W W_END } };
		struct buf b = zipped(parts, LENGTH(parts), options[i]);
		assert_int_equal(tell(buf_str(&b)), OPEN_DONE);
		assert_string_equal(told.out.p, "! _rels/.rels: encrypted\n! word/document.xml: encrypted\n");
		buf_free(&b);
	}
}

static void damaged_xml_gives_what_comes_before(void **state)
{
	(void)state;
	TELLS("paragraph 1: first\n! word/document.xml: broken\n", ROOT("word/document.xml"),
	      { "word/document.xml", W "<w:p><w:r><w:t>first</w:t></w:r></w:p><w:p></w:tbl>" });
	/* no entities are taken from a document, so it can't make much of little: it is text like any other */
	TELLS("> word/document.xml: <!DOCTYPE d [<!ENTITY a 'lol'>]><d>&a;</d>\n", ROOT("word/document.xml"),
	      { "word/document.xml", "<!DOCTYPE d [<!ENTITY a 'lol'>]><d>&a;</d>" });
	TELLS("paragraph 1: ab\n", ROOT("word/document.xml"),
	      { "word/document.xml", "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" W "<w:p><w:r><w:t>a&x;b</w:t></w:r></w:p>" W_END });
}

static void xml_in_another_encoding(void **state)
{
	(void)state;
	static const char text[] = "<?xml version='1.0' encoding='UTF-16'?><w:document xmlns:w='w'><w:p><w:t>B\xFCro</w:t></w:p></w:document>";
	char wide[2 * sizeof text] = { (char)0xFF, (char)0xFE };
	for (size_t i = 0; i < sizeof text - 1; i++)
		wide[2 + 2 * i] = text[i];
	struct buf b;
	struct archive *a = made_begin(&b, "zip", NULL, NULL);
	static const struct part root = ROOT("word/document.xml");
	made_add(a, root.name, str_of(root.text));
	made_add(a, "word/document.xml", (struct str){ wide, 2 * sizeof text });
	made_end(a);
	assert_int_equal(tell(buf_str(&b)), OPEN_DONE);
	assert_string_equal(told.out.p, "paragraph 1: B\xC3\xBCro\n");
	buf_free(&b);
	TELLS("paragraph 1: B\xC3\xBCro\n", ROOT("word/document.xml"),
	      { "word/document.xml", "<?xml version='1.0' encoding='windows-1252'?><w:document xmlns:w='w'><w:p><w:t>B\xFCro</w:t></w:p></w:document>" });
}

static void too_deep_xml_ends(void **state)
{
	(void)state;
	struct buf b = BUF(1 << 20);
	buf_put(&b, str_of(W));
	for (int i = 0; i < 300; i++)
		buf_put(&b, STR("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p>"));
	buf_byte(&b, 0);
	const struct part parts[] = { ROOT("word/document.xml"), { "word/document.xml", b.p } };
	struct buf z = zipped(parts, LENGTH(parts), NULL);
	assert_int_equal(tell(buf_str(&z)), OPEN_DONE);
	assert_non_null(strstr(told.out.p, "! word/document.xml: broken\n"));
	buf_free(&b), buf_free(&z);
}

static void a_bomb_in_a_document_ends(void **state)
{
	(void)state;
	enum { LENGTH_OF_IT = 40 << 20 };
	char *text = mem_get(LENGTH_OF_IT);
	memset(text, ' ', LENGTH_OF_IT);
	struct buf b;
	struct archive *a = made_begin(&b, "zip", NULL, NULL);
	static const struct part root = ROOT("word/document.xml");
	made_add(a, root.name, str_of(root.text));
	memcpy(text, W, strlen(W));
	made_add(a, "word/document.xml", (struct str){ text, LENGTH_OF_IT });
	made_add(a, "last.txt", STR("not reached"));
	made_end(a);
	free(text);
	left = 16 << 20;
	assert_int_equal(tell(buf_str(&b)), OPEN_TOO_BIG);
	left = LEFT;
	assert_string_equal(told.out.p, "! word/document.xml: too big\n");
	buf_free(&b);
}

static void it_stops_when_told(void **state)
{
	(void)state;
	const struct part parts[] = { ROOT("word/document.xml"),
	                              { "word/document.xml", W "<w:p><w:r><w:t>1</w:t></w:r></w:p><w:p><w:r><w:t>2</w:t></w:r></w:p><w:p><w:r><w:t>3</w:t></w:r></w:p>" W_END },
	                              { "a", "a" }, { "b", "b" } };
	struct buf b = zipped(parts, LENGTH(parts), NULL);
	struct str file = buf_str(&b);
	struct source s = source_of_text(&file);
	for (size_t i = 1; i <= 5; i++) {
		buf_free(&told.out);
		assert_int_equal(told_open(&told, &s, FILE_ZIP, STR("x"), LEFT, i), OPEN_STOPPED);
		assert_int_equal(told.events, i);
	}
	buf_free(&b);
}

static int prepare(void **state)
{
	(void)state;
	open_prepare(false);
	return 0;
}

static int done(void **state)
{
	(void)state;
	buf_free(&told.out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_one_text), cmocka_unit_test(changes_and_codes_are_told_apart), cmocka_unit_test(a_row_is_a_record_and_columns_have_headings),
		cmocka_unit_test(what_belongs_to_a_document), cmocka_unit_test(a_workbook_is_told_by_cells), cmocka_unit_test(numbers_are_told_as_they_are_shown), cmocka_unit_test(a_binary_workbook_is_told_by_cells), cmocka_unit_test(a_binary_workbook_that_is_none_is_named),
		cmocka_unit_test(xml_in_another_encoding), cmocka_unit_test(slides_come_in_their_order),
		cmocka_unit_test(open_documents_of_each_kind), cmocka_unit_test(an_encrypted_document_is_named), cmocka_unit_test(a_plain_zip_gives_its_members),
		cmocka_unit_test(a_damaged_zip_gives_what_can_be_read), cmocka_unit_test(a_torn_extra_field_ends), cmocka_unit_test(what_is_encrypted_is_named), cmocka_unit_test(damaged_xml_gives_what_comes_before),
		cmocka_unit_test(too_deep_xml_ends), cmocka_unit_test(a_bomb_in_a_document_ends), cmocka_unit_test(it_stops_when_told),
	};
	return cmocka_run_group_tests(tests, prepare, done);
}

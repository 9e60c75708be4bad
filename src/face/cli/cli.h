/* cli - the command line: one business's folder, one verb, one answer. Hides option parsing, help, the passphrase prompt, progress
 * bars and exit statuses. */
#ifndef CLI_H
#define CLI_H

int cli_main(int argc, char **argv);
int demo_main(int line, const char *folder);             /* the role: the sample business beside a parent's own, which it ends with; says its link on the line */
int drill_main(int line, const char *work);               /* the role: "PERSON FOLDER", a drill of this person on this folder; ends, and takes the copy away, when the line is hung up */

#endif

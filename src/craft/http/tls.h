/* tls - the certificate that is shown, and its key, read again when their files change. One of each in a process. */
#ifndef TLS_H
#define TLS_H

#include "base.h"

/* PEM files: the certificate with those above it, and its key. false: they can't be read, or don't belong together. */
bool tls_start(const char *cert, const char *key, struct err *);
void tls_stop(void);
void *tls_callback(void);                                /* for MHD_OPTION_HTTPS_CERT_CALLBACK */

#endif

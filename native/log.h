/* SPDX-License-Identifier: Apache-2.0 */
/* What libbpf and the verifier said on this thread. */
#ifndef EXPRESSGATEWAY_LOG_H
#define EXPRESSGATEWAY_LOG_H

/* Lets libbpf speak into the thread's memory instead of standard error. To be called once. */
void log_begin(void);

#endif

/** The {@code pellucid} command. Results go to stdout, everything else to stderr. */
package org.pellucid.cli;

/** Measurements of speed and memory; see {@code bench/README.md}. */
package org.pellucid.bench;

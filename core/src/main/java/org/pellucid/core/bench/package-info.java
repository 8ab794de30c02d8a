/**
 * Times backends and methods against each other: a worker per backend, each in a JVM of its own,
 * asked in turns. {@link org.pellucid.core.bench.Benchmark} is the entrance.
 */
package org.pellucid.core.bench;

/** Measures of how good explanations are, each from its paper. */
package org.pellucid.metrics;

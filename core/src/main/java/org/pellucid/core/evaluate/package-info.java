/** How good explanations are: metrics of methods over a data set, with what numbers can say. */
package org.pellucid.core.evaluate;

/** What repeated measurements say: quartiles, intervals of medians, and ratios of two runs. */
package org.pellucid.core.stats;

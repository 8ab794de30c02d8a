/** What measurements say: quartiles, intervals of medians and means, ratios, paired differences. */
package org.pellucid.core.stats;

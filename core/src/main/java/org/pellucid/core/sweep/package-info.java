/** What the number of samples, the noise, the layer and the seed do to maps and to metrics. */
package org.pellucid.core.sweep;

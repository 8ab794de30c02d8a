/** Files: arrays, labels, and names for what is written. */
package org.pellucid.core.io;

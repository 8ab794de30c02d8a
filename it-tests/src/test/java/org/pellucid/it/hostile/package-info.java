/** Files that are damaged, or mean harm. */
package org.pellucid.it.hostile;

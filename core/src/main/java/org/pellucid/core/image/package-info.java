/** Images as people see them, and how they become what a network takes. */
package org.pellucid.core.image;

/** Differentiated models as files, run without Pellucid. */
package org.pellucid.it.deploy;

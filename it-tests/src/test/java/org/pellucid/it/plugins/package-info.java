/** The packaged distribution and its plugins, run as users run them. */
package org.pellucid.it.plugins;

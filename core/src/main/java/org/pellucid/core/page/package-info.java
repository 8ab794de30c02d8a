/** Pages of results that need no network and no other file. */
package org.pellucid.core.page;

/** Names as people type them. */
package org.pellucid.core.text;

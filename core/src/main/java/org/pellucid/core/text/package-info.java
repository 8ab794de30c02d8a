/** Names as people type them, and tables as they read them. */
package org.pellucid.core.text;

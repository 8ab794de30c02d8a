/** The backend {@code reference}: plain Java, for checking the others and where there is none. */
package org.pellucid.api.reference;

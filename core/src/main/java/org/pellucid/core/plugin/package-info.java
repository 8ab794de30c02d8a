/**
 * Plugins: zips with jars that bring services, each in a class loader of its own. They are found in
 * directories that are named, verified, unpacked into a cache of the user, and started; {@link
 * org.pellucid.core.Registry} asks them for their services.
 */
package org.pellucid.core.plugin;

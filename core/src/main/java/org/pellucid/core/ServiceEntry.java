package org.pellucid.core;

import java.util.Optional;
import org.pellucid.core.plugin.InstalledPlugin;

/**
 * A service that was found.
 *
 * @param kind {@code backend}, {@code method}, {@code metric} or {@code importer}
 * @param id its id
 * @param plugin that brings it; empty where it is on the class path
 * @param origin its class and where that comes from
 */
public record ServiceEntry(
    String kind, String id, Optional<InstalledPlugin> plugin, String origin) {}

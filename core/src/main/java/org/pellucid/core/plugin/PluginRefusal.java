package org.pellucid.core.plugin;

/** Why a plugin is not used, as a clause for a person to read. */
final class PluginRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PluginRefusal(String reason) {
    super(reason);
  }

  PluginRefusal(String reason, Throwable cause) {
    super(reason, cause);
  }
}

package org.pellucid.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * How the command logs. Set as system properties, which come before any file: libraries bring files
 * called {@code simplelogger.properties} too, and which one is found is up to chance.
 */
final class LogSettings {
  private LogSettings() {}

  /** Sets what the user did not. */
  static void apply() {
    Properties settings = new Properties();
    try (InputStream in = LogSettings.class.getResourceAsStream("logging.properties")) {
      settings.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String name : settings.stringPropertyNames()) {
      if (System.getProperty(name) == null) {
        System.setProperty(name, settings.getProperty(name));
      }
    }
  }
}

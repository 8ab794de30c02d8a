package org.pellucid.core.plugin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.pellucid.api.SpiVersion;

/** Makes plugin zips of classes that the test has; the plugin loads them as its own. */
final class PluginZip {
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final Map<String, byte[]> jar = new LinkedHashMap<>();

  /** A plugin that fits. */
  static PluginZip of(String id) {
    return new PluginZip()
        .properties(
            "plugin.id=" + id,
            "plugin.version=1.2.3",
            "plugin.requires=^" + SpiVersion.CURRENT,
            "plugin.description=Is for a test");
  }

  PluginZip properties(String... lines) {
    return entry(
        "plugin.properties", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  PluginZip entry(String name, byte[] content) {
    entries.put(name, content);
    return this;
  }

  /** Puts a class of the test into the plugin's jar. */
  PluginZip type(Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
      jar.put(name, in.readAllBytes());
    }
    return this;
  }

  /** Names the providers of a service, which need not be there. */
  PluginZip service(Class<?> service, String... providers) {
    jar.put(
        "META-INF/services/" + service.getName(),
        String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** With a class that is a provider. */
  PluginZip provider(Class<?> service, Class<?> provider) throws IOException {
    return type(provider).service(service, provider.getName());
  }

  /** Writes the zip. */
  Path write(Path file) throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>(entries);
    if (!jar.isEmpty()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      write(jar, bytes);
      all.put("lib/plugin.jar", bytes.toByteArray());
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      write(all, out);
    }
    return file;
  }

  private static void write(Map<String, byte[]> entries, OutputStream out) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        // A time that does not pass: equal content makes equal zips.
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTime(0);
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }
}

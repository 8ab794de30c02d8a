package org.pellucid.it.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pellucid.it.plugins.Distribution.Outcome;

/** The distribution once more, by links, so that more can be put into its {@code plugins/}. */
final class InstalledCopy {
  private final Path home;

  InstalledCopy(Path home) throws IOException {
    this.home = home;
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("plugins"));
    Files.copy(Distribution.HOME.resolve("bin/pellucid"), home.resolve("bin/pellucid"));
    Files.createSymbolicLink(home.resolve("lib"), Distribution.HOME.resolve("lib"));
    try (Stream<Path> zips = Files.list(Distribution.PLUGINS)) {
      for (Path zip : zips.toList()) {
        Files.createLink(home.resolve("plugins").resolve(zip.getFileName()), zip);
      }
    }
  }

  void add(Path zip) throws IOException {
    Files.copy(zip, home.resolve("plugins").resolve(zip.getFileName()));
  }

  Outcome pellucid(Object... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(home.resolve("bin/pellucid").toString()));
    Stream.of(arguments).map(Object::toString).forEach(line::add);
    return Distribution.run(new ProcessBuilder(line).directory(Distribution.REPOSITORY.toFile()));
  }
}

package org.pellucid.it.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pellucid.it.plugins.Distribution.Outcome;

/**
 * Maven as somebody else runs it, with Pellucid from a repository: one of this reactor's jars. Its
 * local repository is of its own, and filled from there and from the user's local repository:
 * nothing is installed for the user, and nothing is fetched that the build of Pellucid has already.
 * It is kept from one test to the next, but for what is Pellucid's.
 */
final class OutsideMaven {
  static final String VERSION = System.getProperty("pellucid.version");

  private static final Path FOLDER = Distribution.REPOSITORY.resolve("it-tests/target/outside");
  private static final Path REACTOR = FOLDER.resolve("reactor");
  private static final Path LOCAL = FOLDER.resolve("repository");
  private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
  private static final Pattern ARTIFACT =
      Pattern.compile("<artifactId>(pellucid-[a-z0-9-]+)</artifactId>");

  private static boolean published;

  private OutsideMaven() {}

  /** The modules that are there to be used by others, by artifact, and their folders. */
  static Map<String, Path> publishedModules() throws IOException {
    Map<String, Path> modules = new TreeMap<>();
    modules.put("pellucid-parent", Distribution.REPOSITORY);
    Matcher names = MODULE.matcher(Files.readString(Distribution.REPOSITORY.resolve("pom.xml")));
    while (names.find()) {
      Path folder = Distribution.REPOSITORY.resolve(names.group(1));
      String pom = Files.readString(folder.resolve("pom.xml"));
      if (!pom.contains("<maven.deploy.skip>true</maven.deploy.skip>")) {
        modules.put(artifactOf(pom), folder);
      }
    }
    return modules;
  }

  private static String artifactOf(String pom) {
    String own = pom.replaceFirst("(?s)<parent>.*?</parent>", "");
    Matcher artifact = ARTIFACT.matcher(own);
    if (!artifact.find()) {
      throw new IllegalStateException("A module without a name: " + pom);
    }
    return artifact.group(1);
  }

  /** Copies one of the projects of {@code examples}; returns the copy. */
  static Path copyOfExample(String name, Path folder) throws IOException {
    Path project = Distribution.REPOSITORY.resolve("examples").resolve(name);
    Path copy = folder.resolve(name);
    try (Stream<Path> files = Files.walk(project)) {
      List<Path> sources =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !project.relativize(file).startsWith("target"))
              .toList();
      for (Path file : sources) {
        Path target = copy.resolve(project.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return copy;
  }

  /** Runs Maven in a folder. */
  static Outcome run(Path project, String... arguments) throws IOException, InterruptedException {
    publish();
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-q",
                "-s",
                FOLDER.resolve("settings.xml").toString(),
                "-Dmaven.repo.local=" + LOCAL));
    line.addAll(List.of(arguments));
    return Distribution.run(new ProcessBuilder(line).directory(project.toFile()));
  }

  private static synchronized void publish() throws IOException {
    if (published) {
      return;
    }
    delete(REACTOR);
    delete(LOCAL.resolve("org/pellucid"));
    for (Map.Entry<String, Path> module : publishedModules().entrySet()) {
      String artifact = module.getKey();
      Path place = REACTOR.resolve("org/pellucid").resolve(artifact).resolve(VERSION);
      Files.createDirectories(place);
      String name = artifact + "-" + VERSION;
      copy(module.getValue().resolve("pom.xml"), place.resolve(name + ".pom"));
      Path jar = module.getValue().resolve("target/" + name + ".jar");
      if (Files.exists(jar)) {
        copy(jar, place.resolve(name + ".jar"));
      }
    }
    Files.writeString(FOLDER.resolve("settings.xml"), settings());
    published = true;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Asked in this order, before Maven Central. */
  private static String settings() {
    Path users = Path.of(System.getProperty("maven.repository"));
    return "<settings><profiles><profile><id>here</id><repositories>"
        + repository("repository", "reactor", REACTOR)
        + repository("repository", "users", users)
        + "</repositories><pluginRepositories>"
        + repository("pluginRepository", "users", users)
        + "</pluginRepositories></profile></profiles>"
        + "<activeProfiles><activeProfile>here</activeProfile></activeProfiles></settings>";
  }

  private static String repository(String element, String id, Path place) {
    return String.format(
        "<%1$s><id>%2$s</id><url>%3$s</url><snapshots><enabled>true</enabled>"
            + "<checksumPolicy>ignore</checksumPolicy></snapshots>"
            + "<releases><checksumPolicy>ignore</checksumPolicy></releases></%1$s>",
        element, id, place.toUri());
  }
}

package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.Explainer;
import org.pellucid.graph.Tensor;

/**
 * What others compile against and implement, line by line: {@code api/public-api.txt} and {@code
 * graph/public-api.txt} hold it, so that nobody changes it without knowing.
 */
class PublicApiTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TYPE =
      Pattern.compile("^public .*\\b(class|interface|record|enum) ", Pattern.MULTILINE);
  private static final Pattern SINCE =
      Pattern.compile("^ \\* @since \\d+\\.\\d+", Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"api", "graph"})
  void the_public_api_is_the_one_that_is_written_down(String module) throws IOException {
    Path listing = REPOSITORY.resolve(module).resolve("public-api.txt");
    List<String> found = publicApi(module);
    if (Boolean.getBoolean("pellucid.writeDocuments")) {
      Files.write(listing, found);
    }
    List<String> written = Files.readAllLines(listing);
    List<String> gone = new ArrayList<>(written);
    gone.removeAll(found);
    List<String> added = new ArrayList<>(found);
    added.removeAll(written);
    assertThat(gone.isEmpty() && added.isEmpty())
        .as(
            "The public API of %s is not what %s/public-api.txt says.%n"
                + "Gone or changed, which breaks those who use it:%n  %s%nNew:%n  %s%n"
                + "If that is meant: see \"To change what others use\" in CONTRIBUTING.md, tell of"
                + " it in CHANGELOG.md, and write the listing again with"
                + " -Dpellucid.writeDocuments=true",
            module, module, String.join("\n  ", gone), String.join("\n  ", added))
        .isTrue();
  }

  private static List<String> publicApi(String module) throws IOException {
    Class<?> one = module.equals("api") ? Explainer.class : Tensor.class;
    List<String> lines = new ArrayList<>();
    for (String name : classesBeside(one)) {
      Class<?> type;
      try {
        type = Class.forName(name, false, one.getClassLoader());
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
      if (!type.isSynthetic() && isVisible(type)) {
        addTo(lines, type);
      }
    }
    return lines;
  }

  /** The classes of a module, which is a folder or a jar, by one of them. */
  private static List<String> classesBeside(Class<?> one) throws IOException {
    Path origin;
    try {
      origin = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    if (Files.isDirectory(origin)) {
      return classesIn(origin);
    }
    try (FileSystem jar = FileSystems.newFileSystem(origin)) {
      return classesIn(jar.getPath("/"));
    }
  }

  private static List<String> classesIn(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
          .map(name -> name.replaceFirst("\\.class$", "").replace('/', '.'))
          .sorted()
          .toList();
    }
  }

  private static boolean isVisible(Class<?> type) {
    return isVisible(type.getModifiers())
        && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()))
        && !type.isAnonymousClass()
        && !type.isLocalClass();
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void addTo(List<String> lines, Class<?> type) {
    String parents =
        Stream.concat(
                Stream.ofNullable(type.getGenericSuperclass()),
                Arrays.stream(type.getGenericInterfaces()))
            .map(java.lang.reflect.Type::getTypeName)
            .filter(name -> !name.equals("java.lang.Object"))
            .reduce("", (all, name) -> all + (all.isEmpty() ? " : " : ", ") + name);
    lines.add(type.toGenericString() + parents);
    List<String> members = new ArrayList<>();
    Stream.<Member>of(type.getDeclaredFields())
        .filter(PublicApiTest::counts)
        .forEach(field -> members.add("  " + ((Field) field).toGenericString()));
    Stream.concat(
            Stream.<Executable>of(type.getDeclaredConstructors()),
            Stream.<Executable>of(type.getDeclaredMethods()))
        .filter(PublicApiTest::counts)
        .filter(member -> !OF_OBJECT.contains(member.getName()))
        .forEach(member -> members.add("  " + member.toGenericString()));
    members.stream().sorted().forEach(lines::add);
  }

  private static final List<String> OF_OBJECT = List.of("equals", "hashCode", "toString");

  private static boolean counts(Member member) {
    return isVisible(member.getModifiers()) && !member.isSynthetic();
  }

  /** Whoever reads the Javadoc of a contract knows from which release on it is there. */
  @ParameterizedTest
  @ValueSource(strings = "api")
  void public_types_say_since_when(String module) throws IOException {
    try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/main/java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        var type = TYPE.matcher(text);
        if (type.find()) {
          assertThat(SINCE.matcher(text.substring(0, type.start())).find())
              .as("%s has \"@since VERSION\" in the Javadoc of its type", file.getFileName())
              .isTrue();
        }
      }
    }
  }
}

package org.pellucid.it.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document for users, and its blocks of code. A remark of HTML before a block says where it is
 * from, or which file it is: {@code <!-- from: examples/... -->}, {@code <!-- file: META-INF/...
 * -->}.
 *
 * @param name its path in the repository
 */
record Document(String name) {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:<!-- (from|file): (\\S+) -->\\n)?^```([a-z]*)\\n(.*?)^```$",
          Pattern.DOTALL | Pattern.MULTILINE);

  /**
   * A block of code.
   *
   * @param line where it begins
   * @param language what follows the fence
   * @param from the file of the repository of which it is a part
   * @param file the file that it is
   */
  record Block(
      String document,
      long line,
      String language,
      Optional<String> from,
      Optional<String> file,
      String text) {
    @Override
    public String toString() {
      return document + ":" + line;
    }
  }

  /** All of them. */
  static List<Document> all() {
    List<Document> documents = new ArrayList<>();
    documents.add(new Document("README.md"));
    documents.add(new Document("CONTRIBUTING.md"));
    try (Stream<Path> files = Files.list(Distribution.REPOSITORY.resolve("docs"))) {
      files
          .map(file -> "docs/" + file.getFileName())
          .filter(name -> name.endsWith(".md"))
          .sorted()
          .map(Document::new)
          .forEach(documents::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  String text() {
    try {
      return Files.readString(Distribution.REPOSITORY.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    String text = text();
    Matcher found = BLOCK.matcher(text);
    while (found.find()) {
      Optional<String> path = Optional.ofNullable(found.group(2));
      blocks.add(
          new Block(
              name,
              text.substring(0, found.start(3)).lines().count(),
              found.group(3),
              path.filter(file -> found.group(1).equals("from")),
              path.filter(file -> found.group(1).equals("file")),
              found.group(4)));
    }
    return blocks;
  }

  @Override
  public String toString() {
    return name;
  }
}

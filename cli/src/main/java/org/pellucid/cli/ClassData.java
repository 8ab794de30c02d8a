package org.pellucid.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.core.io.OwnDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of classes from which the JVM starts in less time (class-data sharing): it holds them
 * parsed and verified. The JVM takes only one that was made by the very same JVM from the very same
 * libraries, and without a word loads classes as ever where it cannot. So the launcher names a file
 * in the user's cache, and a command that finds none there, or one made of something else, has it
 * made in the background when it is done itself.
 */
final class ClassData {
  private static final Logger LOG = LoggerFactory.getLogger(ClassData.class);

  /** Set by the distribution's launcher: where it looks for the archive. */
  static final String FILE = "pellucid.class-data";

  /** After that long, somebody who has not made it will not make it any more. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path file;

  private ClassData(Path file) {
    this.file = file;
  }

  /** The archive that the launcher looks for, if it looks for one. */
  static Optional<ClassData> asked() {
    return Optional.ofNullable(System.getProperty(FILE)).map(Path::of).map(ClassData::new);
  }

  /** An archive elsewhere. */
  static ClassData at(Path file) {
    return new ClassData(file);
  }

  /**
   * Has the archive made by another process, for which nobody waits, if it is not as it should be.
   */
  void makeInBackground() {
    try {
      if (isFitting() || !claim()) {
        return;
      }
      List<String> command =
          OwnJvm.command(directory(), List.of(PrepareStartCommand.NAME, file.toString()));
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .getOutputStream()
          .close();
    } catch (IOException | RuntimeException e) {
      LOG.debug("The next start will be no faster", e);
    }
  }

  /** Whether it was made of what runs now; or somebody is at it, or failed not long ago. */
  private boolean isFitting() throws IOException {
    if (!Files.exists(stamp()) || !Files.readString(stamp()).equals(origin())) {
      return false;
    }
    Instant claimed = Files.getLastModifiedTime(stamp()).toInstant();
    return Files.exists(file) || claimed.isAfter(Instant.now().minus(ABANDONED));
  }

  /** Says that this process will make it; false if another was faster. */
  private boolean claim() throws IOException {
    createDirectory();
    Files.deleteIfExists(stamp());
    try {
      Files.writeString(stamp(), origin(), StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Makes the archive, which takes some seconds; where that fails, there is none. */
  void make() throws IOException, InterruptedException {
    createDirectory();
    Files.writeString(stamp(), origin());
    Path work = Files.createTempDirectory(directory(), ".tmp-");
    try {
      Path classes = work.resolve("classes.txt");
      Path stage = Files.createDirectory(work.resolve("stage"));
      run(
          work,
          List.of("-Xshare:off", "-XX:DumpLoadedClassList=" + classes),
          List.of(PrepareStartCommand.NAME, "--rehearse", stage.toString()));
      Path fresh = work.resolve("fresh.jsa");
      run(
          work,
          List.of(
              "-Xshare:dump",
              "-XX:SharedClassListFile=" + classes,
              "-XX:SharedArchiveFile=" + fresh),
          List.of());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    } finally {
      OwnDirectory.delete(work);
    }
  }

  private static void run(Path work, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(OwnJvm.command(work, arguments));
    command.addAll(1, options);
    OwnJvm.await(command);
  }

  private Path directory() {
    return file.toAbsolutePath().getParent();
  }

  private void createDirectory() throws IOException {
    Path directory = directory();
    OwnDirectory.create(directory);
    Optional<String> objection = OwnDirectory.objection(directory);
    if (objection.isPresent()) {
      throw new IOException(directory + " " + objection.get());
    }
  }

  private Path stamp() {
    return file.resolveSibling(file.getFileName() + ".origin");
  }

  /** What the JVM looks at: itself, and every library with its size and time. */
  private static String origin() {
    StringBuilder text = new StringBuilder();
    text.append(System.getProperty("java.home")).append('\n');
    text.append(System.getProperty("java.vm.version")).append('\n');
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      File library = new File(entry);
      text.append(entry).append(' ').append(library.length()).append(' ');
      text.append(library.lastModified()).append('\n');
    }
    return text.toString();
  }
}

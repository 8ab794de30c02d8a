package org.pellucid.core.plugin;

import java.nio.file.Path;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;

/** A service that tells where it runs. */
public class ContextImporter implements ModelImporter {
  private final ClassLoader made = Thread.currentThread().getContextClassLoader();

  @Override
  public String id() {
    return "context";
  }

  /** Whether it was made, and is asked, with the loader of its own class as the thread's. */
  @Override
  public boolean accepts(Path file) {
    ClassLoader own = getClass().getClassLoader();
    return made == own && Thread.currentThread().getContextClassLoader() == own;
  }

  @Override
  public ModelGraph read(Path file, ImportOptions options) {
    throw new IllegalStateException("read by " + this);
  }

  /** The loaders of its class and of what it implements. */
  @Override
  public String toString() {
    return getClass().getClassLoader() + " of " + ModelImporter.class.getClassLoader();
  }

  /** Of the same id. */
  public static final class Rival extends ContextImporter {}

  /** Of another id. */
  public static final class Other extends ContextImporter {
    @Override
    public String id() {
      return "other";
    }
  }

  /** Of no id. */
  public static final class Nameless extends ContextImporter {
    @Override
    public String id() {
      return null;
    }
  }

  /** Does not start. */
  public static final class Throwing extends ContextImporter {
    /** Fails. */
    public Throwing() {
      throw new IllegalStateException("its library is missing");
    }
  }
}

package org.pellucid.importer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.commons.lang3.StringUtils;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelImporter;

/** The importers work as a plugin does, in a class loader of their own. */
class IsolationTest {
  /** What an application shows its plugins. */
  private static final class Application extends ClassLoader {
    Application() {
      super(null);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("org.pellucid.graph.") || name.startsWith("org.slf4j.")) {
        return IsolationTest.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }

  private static URL origin(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  @Test
  void inAClassLoaderOfTheirOwn(@TempDir Path folder) throws IOException {
    Path network = folder.resolve("network.zip");
    ModelSerializer.writeModel(Dl4jModels.lenet().network(), network.toFile(), false);
    Path keras = KerasImporterTest.FIXTURES.resolve("keras3-residual.h5");
    URL[] jars = {
      origin(Dl4jImporter.class),
      origin(JsonParser.class),
      origin(HdfFile.class),
      origin(StringUtils.class)
    };
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(null);
    try (URLClassLoader plugin = new URLClassLoader(jars, new Application())) {
      List<String> read = new ArrayList<>();
      for (ModelImporter importer : ServiceLoader.load(ModelImporter.class, plugin)) {
        assertThat(importer.getClass().getClassLoader()).isSameAs(plugin);
        for (Path file : List.of(network, keras)) {
          if (importer.accepts(file)) {
            importer.read(file, new ImportOptions(Map.of(), 12, 12));
            read.add(importer.id());
          }
        }
      }
      assertThat(read).containsExactlyInAnyOrder("dl4j", "keras");
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

package org.pellucid.backend.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.testkit.Networks;

class TorchTest {
  private static final String OWNER = "org.pellucid.backend.djl.loader";

  @Test
  void isAService() {
    assertThat(ServiceLoader.load(GradientBackend.class).stream())
        .anyMatch(provider -> provider.type() == DjlBackend.class);
  }

  @Test
  void missingNativesAreNamed() {
    ClassLoader empty = new ClassLoader(null) {};
    assertThatThrownBy(() -> Torch.requireResources(empty))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("ai.djl.pytorch:pytorch-native-cpu:2.7.1");
  }

  /** As when an application and a plugin each bring DJL along. */
  @Test
  void aSecondClassLoaderIsToldWhy() throws ReflectiveOperationException, IOException {
    assertThat(new DjlBackend().availability().available()).isTrue();
    try (URLClassLoader second = copyOfTheClassPath()) {
      assertThat(availability(second))
          .contains("available=false")
          .contains("already loaded by another class loader");
    }
  }

  private static URLClassLoader copyOfTheClassPath() throws IOException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<URL> urls = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(
        urls.toArray(URL[]::new), ClassLoader.getSystemClassLoader().getParent());
  }

  private static String availability(ClassLoader loader) throws ReflectiveOperationException {
    Class<?> type = loader.loadClass(DjlBackend.class.getName());
    Object backend = type.getConstructor().newInstance();
    return type.getMethod("availability").invoke(backend).toString();
  }

  /** As when the application itself uses DJL, from where Pellucid's backend does not see it. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere nothing tells what is loaded")
  void nativesOfSomebodyElseAreSeen() throws ReflectiveOperationException, IOException {
    assertThat(new DjlBackend().availability().available()).isTrue();
    String own = System.getProperty(OWNER);
    System.clearProperty(OWNER);
    try (URLClassLoader second = copyOfTheClassPath()) {
      assertThat(availability(second)).contains("already loaded by another class loader");
      assertThat(System.getProperty(OWNER)).isNull();
      // They are this class path's own: whoever started them.
      OneClassLoader.require();
      assertThat(System.getProperty(OWNER)).isEqualTo(own);
    } finally {
      System.setProperty(OWNER, own);
    }
  }

  @Test
  void neitherDownloadsNorReports() {
    new DjlBackend().availability();
    assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    assertThat(ai.djl.util.Utils.isOfflineMode()).isTrue();
  }

  @Test
  void saysWhatRuns() {
    assertThat(new DjlBackend().availability().detail()).contains("PyTorch 2.7.1").contains("cpu");
    assertThat(new DjlBackend().devices()).endsWith(Device.CPU);
  }

  /** DJL's users find their thread as they left it; the number of threads is the engine's own. */
  @Test
  void leavesTheThreadAsItWas() {
    int threads = Torch.get().defaultThreads();
    boolean recording = JniUtils.isGradMode();
    try {
      for (boolean before : new boolean[] {true, false}) {
        JniUtils.setGradMode(before);
        try (LoadedModel model =
            new DjlBackend().load(Networks.knownAnswer(), LoadOptions.DEFAULT.withThreads(3))) {
          model.forward(Map.of("image", Networks.knownAnswerImage()), Set.of()).close();
          assertThat(JniUtils.getNumThreads()).isEqualTo(3);
        }
        assertThat(JniUtils.isGradMode()).isEqualTo(before);
      }
      try (LoadedModel model = new DjlBackend().load(Networks.knownAnswer(), LoadOptions.DEFAULT)) {
        model.forward(Map.of("image", Networks.knownAnswerImage()), Set.of()).close();
        assertThat(JniUtils.getNumThreads()).isEqualTo(threads);
      }
    } finally {
      JniUtils.setGradMode(recording);
    }
  }
}

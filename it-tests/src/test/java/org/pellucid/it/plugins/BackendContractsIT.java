package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.GradientBackend;
import org.pellucid.core.Registry;
import org.pellucid.it.plugins.Distribution.Outcome;
import org.pellucid.testkit.GradientBackendContract;

/**
 * The whole contract of the testkit against every backend, as it is in the packaged distribution.
 * From the class path it runs in the modules of the backends.
 */
class BackendContractsIT {
  private static final Pattern COUNTS = Pattern.compile("(\\d+) succeeded, 0 did not");

  /** Those that can be used here. */
  static List<String> backends() {
    return Registry.ofClassPath().backends().stream()
        .filter(backend -> backend.availability().available())
        .map(GradientBackend::id)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void a_backend_of_the_distribution_keeps_the_contract(String id) throws Exception {
    Outcome outcome =
        Distribution.java(
                Distribution.packagedClassPathForTests(),
                ContractRun.class,
                id,
                Distribution.PLUGINS)
            .orFail();
    Matcher counts = COUNTS.matcher(outcome.out().strip());
    assertThat(counts.matches()).as(outcome.out()).isTrue();
    // Some of its methods are many tests.
    assertThat(Long.parseLong(counts.group(1))).isGreaterThan(methods());
  }

  /** Of the contract and what it is made of. */
  private static long methods() {
    return Stream.<Class<?>>iterate(
            GradientBackendContract.class, type -> type != Object.class, Class::getSuperclass)
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> method.isAnnotationPresent(Test.class))
        .count();
  }

  /** So that what is tested here are the plugins, and not the class path once more. */
  @Test
  void the_class_path_of_the_distribution_has_no_engine() throws Exception {
    assertThat(Distribution.packagedClassPathForTests())
        .extracting(Path::toString)
        .noneMatch(entry -> entry.matches(".*(djl|onnxruntime|pytorch|nd4j).*"));
  }
}

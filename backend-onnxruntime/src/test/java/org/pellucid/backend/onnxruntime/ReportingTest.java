package org.pellucid.backend.onnxruntime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportingTest {
  @ParameterizedTest
  @ValueSource(strings = {"1.17.3", "1.28.0", "1.28", "1.9.0-rc1"})
  void oldNativesAreSilent(String version) {
    assertThat(Reporting.objection(version, "Linux", null)).isEmpty();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"1.29.0", "1.130.1", "2.0.0", "", "dev"})
  void othersNeedTheSwitch(String version) {
    assertThat(Reporting.objection(version, "Linux", null).orElseThrow())
        .contains("ORT_DISABLE_TELEMETRY=1", "1.28.0");
    assertThat(Reporting.objection(version, "Mac OS X", "0")).isPresent();
    assertThat(Reporting.objection(version, "Linux", "1")).isEmpty();
    assertThat(Reporting.objection(version, "Windows 11", null)).isEmpty();
  }

  /** The natives that the build brings hold no address of a collector. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "linux-x64/libonnxruntime.so",
        "linux-aarch64/libonnxruntime.so",
        "osx-aarch64/libonnxruntime.dylib"
      })
  void theNativesOfTheBuildAreSilent(String library) throws IOException {
    try (InputStream natives =
        Objects.requireNonNull(
            OrtEnvironment.class.getResourceAsStream("/ai/onnxruntime/native/" + library))) {
      String bytes = new String(natives.readAllBytes(), ISO_8859_1);
      assertThat(bytes.contains("onnxruntime")).isTrue();
      assertThat(bytes.contains("events.data.microsoft.com")).isFalse();
      assertThat(bytes.contains(Reporting.SWITCH)).isFalse();
    }
  }

  @Test
  void theVersionOfTheBuildIsKnown() {
    assertThat(OrtEnvironment.class.getPackage().getImplementationVersion()).startsWith("1.28");
  }
}

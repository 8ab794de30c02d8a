package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @ParameterizedTest
  @CsvSource({"cpu, cpu", "gpu, gpu:0", "gpu:3, gpu:3", "cuda, gpu:0", "cuda:12, gpu:12"})
  void readsWhatUsersWrite(String text, String device) {
    assertThat(Device.of(text)).hasToString(device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GPU", "gpu:", "gpu:-1", "gpu:10000", "cpu:0", "GPU-5d3e", "tpu"})
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> Device.of(text))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "No device is called \""
                + text
                + "\"; write cpu, gpu, gpu:N or cuda:N, or the beginning of a card's UUID"
                + " (GPU-...)");
  }

  @Test
  void tellsUuids() {
    assertThat(Device.isUuid("GPU-5d3e")).isTrue();
    assertThat(Device.isUuid("GPU-5D3Ea1b2-0000-1111-2222-333344445555")).isTrue();
    assertThat(Device.isUuid("GPU-")).isFalse();
    assertThat(Device.isUuid("GPU-xyz")).isFalse();
    assertThat(Device.isUuid("gpu:0")).isFalse();
  }
}

package org.pellucid.api.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RememberedTest {
  @Test
  void whatWasFoundLastIsNotFoundAgain() {
    AtomicInteger found = new AtomicInteger();
    Remembered<Integer, Integer> squares =
        new Remembered<>(
            number -> {
              found.incrementAndGet();
              return number * number;
            });
    for (int time = 0; time < 2; time++) {
      for (int number = 0; number < CompiledParts.MOST; number++) {
        assertThat(squares.get(number)).isEqualTo(number * number);
      }
    }
    assertThat(found).hasValue(CompiledParts.MOST);
    squares.get(CompiledParts.MOST);
    assertThat(squares.get(0)).isZero();
    assertThat(found).hasValue(CompiledParts.MOST + 2);
  }

  /** Who finds may wait for one who asks: for the model's lock, when it is about to be closed. */
  @Test
  void findingKeepsNobodyElseWaiting() throws Exception {
    CountDownLatch finding = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    Remembered<String, Object> remembered =
        new Remembered<>(
            key -> {
              if (Thread.currentThread().getName().equals("first")) {
                finding.countDown();
                try {
                  asked.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
              return new Object();
            });
    CompletableFuture<Object> first = new CompletableFuture<>();
    Thread thread = new Thread(() -> first.complete(remembered.get("a")), "first");
    thread.start();
    finding.await();
    CompletableFuture<Object> second = CompletableFuture.supplyAsync(() -> remembered.get("a"));
    Object found = second.get(1, TimeUnit.MINUTES);
    asked.countDown();
    assertThat(first.get(1, TimeUnit.MINUTES)).isSameAs(found);
    thread.join();
  }
}

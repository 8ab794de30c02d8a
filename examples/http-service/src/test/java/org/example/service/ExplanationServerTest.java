package org.example.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.example.service.ExplanationServer.Limits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pellucid.core.Pellucid;

class ExplanationServerTest {
  /** Where the example network and its images are. */
  private static final Path EXAMPLES = Path.of(System.getProperty("pellucid.examples", ".."));

  private static final Path IMAGE = EXAMPLES.resolve("two-stars.png");

  /** Takes half a minute at least, if nobody stops it. */
  private static final String LONG = "method=rise&masks=100000";

  private static Pellucid pellucid;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void load() {
    pellucid = Pellucid.loader().threads(1).load(EXAMPLES.resolve("shapes.onnx"));
  }

  @AfterAll
  static void close() {
    pellucid.close();
  }

  private static ExplanationServer server(int running, int waiting, Duration time)
      throws Exception {
    return new ExplanationServer(pellucid, 0, new Limits(running, waiting, time, 1_000_000));
  }

  private CompletableFuture<HttpResponse<byte[]>> ask(ExplanationServer server, String query)
      throws Exception {
    return ask(server, query, HttpRequest.BodyPublishers.ofFile(IMAGE));
  }

  private CompletableFuture<HttpResponse<byte[]>> ask(
      ExplanationServer server, String query, HttpRequest.BodyPublisher body) {
    URI uri = URI.create("http://localhost:" + server.port() + "/explain?" + query);
    return client.sendAsync(
        HttpRequest.newBuilder(uri).POST(body).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void manyAskAtOnceAndAllAreAnsweredAlike() throws Exception {
    try (ExplanationServer server = server(2, 30, Duration.ofMinutes(1))) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(ask(server, "method=grad-cam"));
      }
      byte[] first = answers.get(0).get().body();
      assertEquals(256, ImageIO.read(new ByteArrayInputStream(first)).getWidth());
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertEquals(200, answer.get().statusCode());
      }
    }
  }

  @Test
  void whoComesWhenAllPlacesAreTakenIsToldToComeAgain() throws Exception {
    try (ExplanationServer server = server(1, 1, Duration.ofSeconds(2))) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(ask(server, LONG));
      }
      Map<Integer, Long> codes =
          answers.stream()
              .map(answer -> answer.join().statusCode())
              .collect(Collectors.groupingBy(code -> code, Collectors.counting()));
      assertEquals(Map.of(503, 4L, 504, 2L), codes);
    }
  }

  /** With one worker: it must have come free for the second. */
  @Test
  void whatTakesTooLongIsStoppedAndTheWorkerGoesOn() throws Exception {
    try (ExplanationServer server = server(1, 4, Duration.ofSeconds(1))) {
      assertEquals(504, ask(server, LONG).get().statusCode());
      long start = System.nanoTime();
      assertEquals(200, ask(server, "method=grad-cam").get().statusCode());
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(1).toNanos());
    }
  }

  @Test
  void mistakesAreToldToWhoMadeThem() throws Exception {
    try (ExplanationServer server = server(1, 4, Duration.ofMinutes(1))) {
      HttpResponse<byte[]> method = ask(server, "method=grad-kam").get();
      assertEquals(400, method.statusCode());
      assertTrue(text(method).contains("grad-cam"), text(method));
      HttpResponse<byte[]> image =
          ask(server, "", HttpRequest.BodyPublishers.ofString("no image")).get();
      assertEquals(400, image.statusCode());
      HttpResponse<byte[]> large =
          ask(server, "", HttpRequest.BodyPublishers.ofByteArray(new byte[1_000_001])).get();
      assertEquals(413, large.statusCode());
    }
  }
}

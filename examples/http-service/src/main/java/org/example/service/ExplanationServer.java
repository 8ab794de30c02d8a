package org.example.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Progress;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationPicture;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.core.render.Pictures;
import org.pellucid.graph.MalformedInputException;

/**
 * Explains images that are sent to it: {@code POST /explain?method=grad-cam} with an image gives a
 * PNG. One model serves all threads. Memory has a bound, however many people ask: so many
 * explanations run, so many images wait (on disk), and whoever comes then is told to come again
 * (503). What takes too long is interrupted, which ends it after the batch that runs (504).
 */
public final class ExplanationServer implements AutoCloseable {
  private final Pellucid pellucid;
  private final Limits limits;
  private final ThreadPoolExecutor workers;
  private final ExecutorService connections;
  private final HttpServer server;

  /**
   * What the service takes upon itself.
   *
   * @param running explanations at once
   * @param waiting images that wait for their turn
   * @param time for one explanation, waiting included
   * @param imageBytes of one image file
   */
  public record Limits(int running, int waiting, Duration time, long imageBytes) {}

  /** Listens on a port of this machine; 0 for any that is free. The model stays the caller's. */
  public ExplanationServer(Pellucid pellucid, int port, Limits limits) throws IOException {
    this.pellucid = pellucid;
    this.limits = limits;
    workers =
        new ThreadPoolExecutor(
            limits.running(),
            limits.running(),
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(limits.waiting()));
    // Each waits for a worker; the last two have time to turn others away.
    connections = Executors.newFixedThreadPool(limits.running() + limits.waiting() + 2);
    server = HttpServer.create(new InetSocketAddress("localhost", port), 0);
    server.setExecutor(connections);
    server.createContext("/explain", this::answer);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Stops; what runs is interrupted. */
  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
    connections.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    Path image = Files.createTempFile("explain", ".image");
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")) {
        say(exchange, 405, "POST an image");
      } else if (!received(exchange.getRequestBody(), image)) {
        say(exchange, 413, "An image has up to " + limits.imageBytes() + " bytes");
      } else {
        explain(exchange, image, request(exchange.getRequestURI().getQuery()));
      }
    } finally {
      Files.delete(image);
    }
  }

  private void explain(HttpExchange exchange, Path image, Request request) throws IOException {
    Future<byte[]> work;
    try {
      work = workers.submit(() -> picture(image, request));
    } catch (RejectedExecutionException full) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      say(exchange, 503, "Everybody is busy; come again");
      return;
    }
    try {
      byte[] png = work.get(limits.time().toMillis(), TimeUnit.MILLISECONDS);
      exchange.getResponseHeaders().set("Content-Type", "image/png");
      send(exchange, 200, png);
    } catch (TimeoutException | InterruptedException e) {
      // Interrupts the worker, or takes what waits out of the queue.
      work.cancel(true);
      workers.purge();
      say(exchange, 504, "That took longer than " + limits.time());
    } catch (ExecutionException e) {
      boolean theirs =
          e.getCause() instanceof InvalidRequestException
              || e.getCause() instanceof MalformedInputException;
      say(exchange, theirs ? 400 : 500, theirs ? e.getCause().getMessage() : "That went wrong");
    }
  }

  private byte[] picture(Path image, Request request) throws IOException {
    Explanation explanation = pellucid.explain(image, request, Progress.NONE).get(0);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    Pictures.writePng(ExplanationPicture.of(explanation, HeatmapSettings.DEFAULT), png);
    return png.toByteArray();
  }

  /** {@code method}, {@code target} and {@code layer}; all else is an option of the method. */
  private static Request request(String query) {
    Request request = Request.DEFAULT;
    for (String pair : query == null ? new String[0] : query.split("&")) {
      String name = pair.replaceFirst("=.*", "");
      String value = pair.substring(Math.min(pair.length(), name.length() + 1));
      request =
          switch (name) {
            case "method" -> request.withMethod(value);
            case "target" -> request.withTarget(value);
            case "layer" -> request.withLayer(value);
            default -> request.withOption(name, value);
          };
    }
    return request;
  }

  private boolean received(InputStream body, Path image) throws IOException {
    try (OutputStream out = Files.newOutputStream(image)) {
      byte[] buffer = new byte[1 << 16];
      long size = 0;
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        size += read;
        if (size > limits.imageBytes()) {
          return false;
        }
        out.write(buffer, 0, read);
      }
      return true;
    }
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    send(exchange, status, (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] answer) throws IOException {
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
  }

  /** Serves a model: {@code MODEL PORT}. */
  public static void main(String[] arguments) throws Exception {
    Limits limits = new Limits(2, 16, Duration.ofSeconds(30), 10_000_000);
    try (Pellucid pellucid = Pellucid.loader().threads(1).load(Path.of(arguments[0]));
        ExplanationServer service =
            new ExplanationServer(pellucid, Integer.parseInt(arguments[1]), limits)) {
      System.out.println("Listening on port " + service.port());
      Thread.currentThread().join();
    }
  }
}

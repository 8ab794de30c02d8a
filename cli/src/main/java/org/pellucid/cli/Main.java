package org.pellucid.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code pellucid} command. */
@Command(name = "pellucid", mixinStandardHelpOptions = true, version = "pellucid 0.1.0-SNAPSHOT")
public final class Main implements Runnable {

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}

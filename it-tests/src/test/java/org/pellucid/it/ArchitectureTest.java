package org.pellucid.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between the modules, and what no module may do. */
class ArchitectureTest {

  /** A module, the modules it may use, and the packages outside of Pellucid that it may use. */
  private enum Module {
    GRAPH(List.of()),
    ONNX(List.of("graph"), "com.google.protobuf.."),
    API(List.of("graph")),
    CORE(
        List.of("api", "graph", "onnx"),
        "com.drew..",
        "com.google.common..",
        "com.google.gson..",
        // Of the JDK: how much memory the machine has.
        "com.sun.management..",
        "org.apache.commons.statistics..",
        "org.knowm.xchart..",
        "org.pf4j..",
        "org.slf4j.."),
    METHODS(List.of("api", "graph")),
    METRICS(List.of("api", "graph")),
    BACKEND_DJL(List.of("api", "graph"), "ai.djl..", "org.slf4j.."),
    BACKEND_ONNXRUNTIME(List.of("api", "graph", "onnx"), "ai.onnxruntime..", "org.slf4j.."),
    BACKEND_DL4J(List.of("api", "graph"), "org.nd4j..", "org.bytedeco..", "org.slf4j.."),
    BACKEND_CUDA(List.of("api", "graph"), "com.sun.jna..", "org.slf4j.."),
    IMPORTER_DL4J(List.of("graph"), "com.google.gson..", "io.jhdf.."),
    TESTKIT(List.of("api", "graph"), "org.assertj..", "org.junit.jupiter..", "org.opentest4j.."),
    CLI(List.of("api", "core", "graph", "onnx"), "picocli..", "org.slf4j..");

    private final List<String> uses;
    private final List<String> libraries;

    Module(List<String> uses, String... libraries) {
      this.uses = uses;
      this.libraries = List.of(libraries);
    }

    /** The folder of the module, also the end of its artifact's name. */
    String folder() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String packages(String folder) {
      return "org.pellucid." + folder.replace('-', '.') + "..";
    }

    String packages() {
      return packages(folder());
    }

    String[] allowed() {
      List<String> allowed = new ArrayList<>(List.of("java..", "javax..", packages()));
      uses.forEach(module -> allowed.add(packages(module)));
      allowed.addAll(libraries);
      return allowed.toArray(String[]::new);
    }
  }

  /**
   * Where a class file lies: {@code .../graph/target/...} or {@code .../pellucid-graph-1.0.jar}.
   */
  private static final Pattern LOCATION =
      Pattern.compile(
          "/(?:([a-z0-9-]+)/target/classes/|pellucid-([a-z][a-z0-9-]*?)-[0-9][^/]*\\.jar!/)");

  private static JavaClasses all;

  @BeforeAll
  static void importClasses() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.pellucid");
  }

  @ParameterizedTest
  @EnumSource
  void moduleUsesOnlyWhatItMay(Module module) {
    check(
        classes()
            .that()
            .resideInAPackage(module.packages())
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(module.allowed()));
  }

  /** Without it, a rule about a package that was renamed would hold for want of classes. */
  @Test
  void everyModuleHasItsOwnPackagesAndNoOther() {
    Map<String, String> strays = new TreeMap<>();
    Map<String, Integer> sizes = new TreeMap<>();
    for (JavaClass type : all) {
      String folder = folderOf(type);
      sizes.merge(folder, 1, Integer::sum);
      String root = "org.pellucid." + folder.replace('-', '.');
      if (!type.getPackageName().equals(root) && !type.getPackageName().startsWith(root + ".")) {
        strays.put(type.getName(), folder);
      }
    }
    assertThat(strays).as("classes outside of their module's packages").isEmpty();
    assertThat(sizes)
        .containsOnlyKeys(Stream.of(Module.values()).map(Module::folder).toArray(String[]::new));
  }

  private static String folderOf(JavaClass type) {
    String uri = type.getSource().orElseThrow().getUri().toString();
    Matcher matcher = LOCATION.matcher(uri);
    assertThat(matcher.find()).as("a module's class: %s", uri).isTrue();
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
  }

  static Stream<ArchRule> houseRules() {
    return Stream.of(
        slices().matching("org.pellucid.(**)").should().beFreeOfCycles(),
        noClasses()
            .that()
            .resideOutsideOfPackage(Module.CLI.packages())
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .because("a library never exits the JVM"),
        noClasses()
            .that()
            .resideOutsideOfPackage(Module.CLI.packages())
            .should(ACCESS_STANDARD_STREAMS)
            .because("a library never writes to the console"),
        noClasses().should(USE_JAVA_UTIL_LOGGING).because("logging goes through slf4j"),
        noClasses()
            .that()
            .resideInAnyPackage(Module.GRAPH.packages(), Module.API.packages())
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.common..", "java.awt..", "javax.imageio..")
            .because("the contracts are plain data"),
        noClasses()
            .that()
            .resideOutsideOfPackage("org.pellucid.core.plugin..")
            .or()
            .arePublic()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.pf4j..")
            .because("how plugins are loaded is nobody's business"));
  }

  @ParameterizedTest
  @MethodSource
  void houseRules(ArchRule rule) {
    check(rule);
  }

  /** Emptiness is the business of {@link #everyModuleHasItsOwnPackagesAndNoOther}. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(all);
  }
}

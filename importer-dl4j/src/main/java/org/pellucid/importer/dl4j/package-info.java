/**
 * Importers of the model files of DL4J and Keras, in plain Java. Everything in such a file is data
 * from a stranger: no class is loaded, no object deserialised and no native code run because of it.
 */
package org.pellucid.importer.dl4j;

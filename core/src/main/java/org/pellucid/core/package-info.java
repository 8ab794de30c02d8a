/**
 * The library for those who embed it: {@link org.pellucid.core.Pellucid} loads a model and explains
 * images; the registry finds backends, explainers and importers; layers are found and named here.
 */
package org.pellucid.core;

/** A storm: many processes with commands drawn at random at one repository, and the model their history is held against. */
package dev.mgit.cli.storm;

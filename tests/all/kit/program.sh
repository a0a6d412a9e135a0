#!/bin/sh
# Stands in for the server in the tests of the kit: does what BODY says. A file of its own, because a program that was
# just written cannot always be run while other threads start processes ("text file busy").
eval "$BODY"

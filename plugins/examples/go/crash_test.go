package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What was acknowledged before a SIGKILL is in the file, and the file is whole.
func TestKilledWriterLosesNothingThatWasAcknowledged(t *testing.T) {
	if folder := os.Getenv("FILES_TEST_FOLDER"); folder != "" {
		acknowledgeForever(t, folder)
	}
	db, folder := open(t, map[string]string{"log.csv": "n,text\n"})
	acknowledged := 0
	for round := 1; round <= 5; round++ {
		writer := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		writer.Env = append(os.Environ(), "FILES_TEST_FOLDER="+folder)
		output, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for count := 0; lines.Scan(); {
			acknowledged++
			if count++; count == 7*round {
				_ = writer.Process.Kill()
			}
		}
		_ = writer.Wait()
	}
	rows := rowsIn(t, db, "log")
	if kept := strings.Count(rows, `"n":`); kept < acknowledged || acknowledged == 0 {
		t.Errorf("%d writes were acknowledged, %d are kept", acknowledged, kept)
	}
	if err := create(db, "log", `[{"n":1}]`); err != nil {
		t.Errorf("expected the lock to be free, got %v", err)
	}
}

func acknowledgeForever(t *testing.T, folder string) {
	db := &filesDB{directory: openDirectory(folder)}
	for {
		if err := create(db, "log", fmt.Sprintf(`[{"n":%d,"text":%q}]`, os.Getpid(), strings.Repeat("x", 1000))); err != nil {
			t.Fatal(err)
		}
		fmt.Println("acknowledged")
	}
}

package easyrest

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// watchHost ties the process to its host: signals that are meant for the host's terminal or its reload do not touch it,
// SIGTERM stops it, and so does the end of the host.
func (p *program) watchHost() {
	ignored := make(chan os.Signal, 1)
	// Caught, not ignored: a program that this one starts must not inherit it. SIGPIPE is a log that the host no longer reads.
	signal.Notify(ignored, os.Interrupt, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		for range ignored {
		}
	}()
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	go func() {
		<-terminate
		p.stop("SIGTERM")
	}()
	if os.Getenv("EASYREST_PLUGIN_STDIN_LIFELINE") == "1" {
		go p.watchInput()
	} else {
		go p.watchParent()
	}
}

// The host holds the other end and never writes: its end means that the host is gone.
func (p *program) watchInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	p.stop("the host is gone")
}

// A process whose parent died gets another: init, or the nearest subreaper.
func (p *program) watchParent() {
	parent := os.Getppid()
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			p.stop("the host is gone")
			return
		}
	}
}

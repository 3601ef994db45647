// Writes 200 times to a file when it is told to, and answers how many writes failed.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:7000")
	if err != nil {
		panic(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		if _, err := bufio.NewReader(client).ReadString('\n'); err == nil {
			file, err := os.Create(filepath.Join(os.Getenv("TMPDIR"), "data"))
			if err != nil {
				panic(err)
			}
			failed := 0
			for i := 0; i < 200; i++ {
				if _, err := file.Write([]byte("0123456789")); err != nil {
					failed++
				}
			}
			file.Close()
			fmt.Printf("{\"msg\":\"done\",\"errors\":%d}\n", failed)
			fmt.Fprintf(client, "%d\n", failed)
		}
		client.Close()
	}
}

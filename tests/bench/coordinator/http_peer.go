// The list of appointments by Go's net/http: http_peer DATABASE SQL_FILE, with the secret in the environment; prints its port.
// Built with the Debian packages golang-go and golang-github-mattn-go-sqlite3-dev.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

type slot struct {
	ID              string `json:"id"`
	Org             string `json:"org"`
	Interviewer     string `json:"interviewer"`
	InterviewerName string `json:"interviewer_name"`
	Title           string `json:"title"`
	Starts          string `json:"starts"`
	Ends            string `json:"ends"`
	Zone            string `json:"zone"`
	State           string `json:"state"`
}

type slotList struct {
	Items []slot `json:"items"`
	Next  string `json:"next,omitempty"`
}

type claims struct {
	Sub string `json:"sub"`
	Org string `json:"org"`
	Iss string `json:"iss"`
	Aud string `json:"aud"`
	Exp int64  `json:"exp"`
}

var secret []byte
var statement *sql.Stmt
var errToken = errors.New("token")

func check(header string) (string, error) {
	parts := strings.Split(strings.TrimPrefix(header, "Bearer "), ".")
	if len(parts) != 3 {
		return "", errToken
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	sent, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
		return "", errToken
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", errToken
	}
	var c claims
	if json.Unmarshal(body, &c) != nil || c.Iss != "bench" || c.Aud != "bench" || c.Exp < time.Now().Unix() {
		return "", errToken
	}
	return c.Org, nil
}

func format(us int64) string {
	return time.UnixMicro(us).UTC().Format(time.RFC3339)
}

func list(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	org, err := check(r.Header.Get("Authorization"))
	if err != nil {
		w.WriteHeader(401)
		return
	}
	now := time.Now().UnixMicro()
	rows, err := statement.Query(org, now-12*3600*1000000, "", now, int64(1)<<60, 20)
	if err != nil {
		w.WriteHeader(500)
		return
	}
	defer rows.Close()
	answer := slotList{Items: make([]slot, 0, 20)}
	for rows.Next() {
		var s slot
		var starts, ends, capacity, taken int64
		if rows.Scan(&s.ID, &s.Org, &s.Interviewer, &s.InterviewerName, &s.Title, &s.Zone, &starts, &ends, &capacity, &taken) != nil {
			w.WriteHeader(500)
			return
		}
		s.Starts, s.Ends, s.State = format(starts), format(ends), "open"
		if taken >= capacity {
			s.State = "booked"
		}
		answer.Next = fmt.Sprintf("%d:%s", starts, s.ID)
		answer.Items = append(answer.Items, s)
	}
	w.Header().Set("Content-Type", "application/json")
	body, _ := json.Marshal(answer)
	w.Write(body)
}

func main() {
	secret, _ = hex.DecodeString(os.Getenv("BENCH_SECRET"))
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	database, err := sql.Open("sqlite3", "file:"+os.Args[1]+"?mode=ro")
	if err != nil {
		panic(err)
	}
	database.SetMaxOpenConns(4)
	database.SetMaxIdleConns(4)
	if statement, err = database.Prepare(string(text)); err != nil {
		panic(err)
	}
	http.HandleFunc("/api/slots", list)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
